;; Modules with and without names, actions on the current and on named ones, and what a start function does.
(module $First
  (global $count (mut i32) (i32.const 10))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))
)
(module
  (global $count (export "count") (mut i32) (i32.const 100))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))
  (func $start (global.set $count (i32.const 200)))
  (start $start)
)
(assert_return (invoke "next") (i32.const 201))
(invoke "next")
(assert_return (get "count") (i32.const 202))
(assert_return (invoke $First "next") (i32.const 11))
(invoke $First "next")
(assert_return (invoke $First "next") (i32.const 13))
(assert_return (invoke "next") (i32.const 203))

(register "first" $First)
(register "second")
(module
  (import "first" "next" (func $first (result i32)))
  (import "second" "next" (func $second (result i32)))
  (import "second" "count" (global $count (mut i32)))
  (func (export "both") (result i32) (i32.sub (call $second) (call $first)))
  (func (export "count") (result i32) (global.get $count))
  (func (export "reset") (global.set $count (i32.const 0)))
)
(assert_return (invoke "both") (i32.const 190))
(assert_return (invoke "count") (i32.const 204))
(invoke "reset")
(assert_return (invoke "both") (i32.const -14))
(assert_return (invoke $First "next") (i32.const 16))

;; A module in binary form.
(module binary
  "\00asm" "\01\00\00\00"
  "\01\05\01\60\00\01\7f"
  "\03\02\01\00"
  "\07\05\01\01a\00\00"
  "\0a\06\01\04\00\41\2a\0b"
)
(assert_return (invoke "a") (i32.const 42))
