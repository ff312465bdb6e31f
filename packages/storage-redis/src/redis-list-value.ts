import { decodeList, encodeList, LIST_STAMP_BYTES, type ListPut, type RankedList } from "@furze/storage";

/** The moment of expiry stands before the encoded list, float64: the reader's clock decides. */
export const EXPIRY_BYTES = 8;

/** By these first bytes a value is told from another one of its key: the moment of expiry, and the checksum of the list. */
export const STAMP_BYTES: number = EXPIRY_BYTES + LIST_STAMP_BYTES;

/** What Redis stores of a list. */
export function listValue(put: ListPut): Buffer {
  const list = encodeList(put.list);
  const value = Buffer.allocUnsafe(EXPIRY_BYTES + list.length);
  value.writeDoubleLE(put.expiresMs, 0);
  value.set(list, EXPIRY_BYTES);
  return value;
}

/** @returns `undefined` for a damaged list */
export function listOf(value: Buffer): RankedList | undefined {
  return decodeList(value.subarray(EXPIRY_BYTES));
}

/** @returns 0 for a value that is too short to be one */
export function expiryOf(value: Buffer): number {
  return value.length < EXPIRY_BYTES ? 0 : value.readDoubleLE(0);
}

export function expiryBytes(expiresMs: number): Buffer {
  const bytes = Buffer.allocUnsafe(EXPIRY_BYTES);
  bytes.writeDoubleLE(expiresMs, 0);
  return bytes;
}
