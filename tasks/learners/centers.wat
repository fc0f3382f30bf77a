;; The steps of k-means that touch each number once, in float32 and four at a time: each lane does what a loop would do
;; for its column, so that the bits are a loop's. Addresses and sizes are in bytes, sizes multiples of 16.
;; `npm run build:wasm` turns this into centers.wasm.ts.
(module
  (memory (export "memory") 16)

  ;; out += a, then b, c and d, which follow each other `bytes` apart.
  (func (export "addFour") (param $out i32) (param $a i32) (param $bytes i32)
    (local $b i32) (local $c i32) (local $d i32) (local $end i32)
    (local.set $b (i32.add (local.get $a) (local.get $bytes)))
    (local.set $c (i32.add (local.get $b) (local.get $bytes)))
    (local.set $d (i32.add (local.get $c) (local.get $bytes)))
    (local.set $end (local.get $b))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (v128.store
          (local.get $out)
          (f32x4.add
            (f32x4.add
              (f32x4.add
                (f32x4.add (v128.load (local.get $out)) (v128.load (local.get $a)))
                (v128.load (local.get $b)))
              (v128.load (local.get $c)))
            (v128.load (local.get $d))))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (local.set $c (i32.add (local.get $c) (i32.const 16)))
        (local.set $d (i32.add (local.get $d) (i32.const 16)))
        (br $next))))

  ;; out += a.
  (func (export "addOne") (param $out i32) (param $a i32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $out) (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (v128.store (local.get $out) (f32x4.add (v128.load (local.get $out)) (v128.load (local.get $a))))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (br $next))))

  ;; out *= factor.
  (func (export "scale") (param $out i32) (param $factor f32) (param $bytes i32)
    (local $end i32) (local $factors v128)
    (local.set $end (i32.add (local.get $out) (local.get $bytes)))
    (local.set $factors (f32x4.splat (local.get $factor)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (v128.store (local.get $out) (f32x4.mul (v128.load (local.get $out)) (local.get $factors)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next))))

  ;; The place of the least of norm − 2 · product, the first of equals, and of no number if the first is none.
  (func (export "nearest") (param $norms i32) (param $products i32) (param $bytes i32) (result i32)
    (local $end i32) (local $first f32) (local $least v128) (local $places v128)
    (local $place v128) (local $value v128) (local $less v128)
    (local $lane i32) (local $best i32) (local $of f32) (local $other f32)
    (local.set $end (i32.add (local.get $norms) (local.get $bytes)))
    ;; Every lane begins with the first value, and takes only what is less.
    (local.set $first
      (f32.sub (f32.load (local.get $norms)) (f32.mul (f32.const 2) (f32.load (local.get $products)))))
    (local.set $least (f32x4.splat (local.get $first)))
    (local.set $place (v128.const i32x4 0 1 2 3))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $norms) (local.get $end)))
        (local.set $value
          (f32x4.sub
            (v128.load (local.get $norms))
            (f32x4.mul (f32x4.splat (f32.const 2)) (v128.load (local.get $products)))))
        (local.set $less (f32x4.lt (local.get $value) (local.get $least)))
        (local.set $least (v128.bitselect (local.get $value) (local.get $least) (local.get $less)))
        (local.set $places (v128.bitselect (local.get $place) (local.get $places) (local.get $less)))
        (local.set $place (i32x4.add (local.get $place) (i32x4.splat (i32.const 4))))
        (local.set $norms (i32.add (local.get $norms) (i32.const 16)))
        (local.set $products (i32.add (local.get $products) (i32.const 16)))
        (br $next)))
    ;; Of the four lanes the least, of equals that of the first place. The lanes are written out, to be read one by one.
    (v128.store (i32.const 0) (local.get $least))
    (v128.store (i32.const 16) (local.get $places))
    (local.set $of (f32.load (i32.const 0)))
    (local.set $best (i32.load (i32.const 16)))
    (local.set $lane (i32.const 4))
    (loop $lanes
      (local.set $other (f32.load (local.get $lane)))
      (if (f32.lt (local.get $other) (local.get $of))
        (then
          (local.set $of (local.get $other))
          (local.set $best (i32.load offset=16 (local.get $lane))))
        (else
          (if (i32.and
                (f32.eq (local.get $other) (local.get $of))
                (i32.lt_u (i32.load offset=16 (local.get $lane)) (local.get $best)))
            (then (local.set $best (i32.load offset=16 (local.get $lane)))))))
      (local.set $lane (i32.add (local.get $lane) (i32.const 4)))
      (br_if $lanes (i32.lt_u (local.get $lane) (i32.const 16))))
    (local.get $best)))
