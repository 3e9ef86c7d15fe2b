// Rust code for tests of native stacks.
pub mod orders {
    pub struct Order(pub i32);

    pub trait Process {
        fn process(&self, call: extern "C" fn(i32) -> i32) -> i32;
    }

    impl Process for Order {
        #[inline(never)]
        fn process(&self, call: extern "C" fn(i32) -> i32) -> i32 {
            std::hint::black_box(call(self.0)) + 1
        }
    }
}

#[no_mangle]
pub extern "C" fn helper_rust(call: extern "C" fn(i32) -> i32, value: i32) -> i32 {
    use orders::Process;
    std::hint::black_box(orders::Order(value).process(call)) + 1
}
