// C++ code for tests of native stacks.
namespace shop {

struct Price {
    int cents;
};

class Basket {
public:
    template <typename Call> int add(Call call, Price price) const;
};

template <typename Call>
__attribute__((noinline, noclone)) int
Basket::add(Call call, Price price) const
{
    int result = call(price.cents);

    asm volatile("");
    return result + 1;
}

} // namespace shop

extern "C" int
helper_cpp(int (*call)(int), int value)
{
    int result = shop::Basket().add(call, shop::Price{value});

    asm volatile("");
    return result + 1;
}
