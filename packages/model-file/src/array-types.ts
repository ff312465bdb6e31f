/** The typed arrays that a model file can hold. */
export type ModelArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

type Constructor = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ModelArray;
};

/** Name of an element type, as it stands in files. */
export type ArrayType = "float32" | "float64" | "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32" | "int64" | "uint64";

const constructors: Readonly<Record<ArrayType, Constructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

export function isArrayType(name: unknown): name is ArrayType {
  return typeof name === "string" && Object.hasOwn(constructors, name);
}

export function arrayTypeOf(array: ModelArray): ArrayType {
  const name = array[Symbol.toStringTag].replace("Array", "").replace("Big", "").toLowerCase();
  if (!isArrayType(name)) throw new TypeError(`a model file cannot hold a ${array[Symbol.toStringTag]}`);
  return name;
}

export function bytesPerElement(type: ArrayType): number {
  return constructors[type].BYTES_PER_ELEMENT;
}

/** Array over `bytes` from `byteOffset`: a view when the elements are aligned there, else a copy. */
export function arrayAt(type: ArrayType, bytes: Uint8Array, byteOffset: number, length: number): ModelArray {
  const make = constructors[type];
  const start = bytes.byteOffset + byteOffset;
  if (start % make.BYTES_PER_ELEMENT === 0) return new make(bytes.buffer, start, length);
  const copy = bytes.slice(byteOffset, byteOffset + length * make.BYTES_PER_ELEMENT);
  return new make(copy.buffer, copy.byteOffset, length);
}
