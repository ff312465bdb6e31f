/** Thrown when kernel memory cannot hold an allocation: the 4 GiB of a memory are used up or the system gives no more. */
export class KernelMemoryError extends RangeError {
  override readonly name: string = "KernelMemoryError";
  /** Bytes asked for. */
  readonly requestedBytes: number;
  /** Bytes in use by live allocations at that moment. */
  readonly usedBytes: number;

  constructor(requestedBytes: number, usedBytes: number, options?: ErrorOptions) {
    super(`kernel memory has no room for ${requestedBytes} bytes (${usedBytes} bytes in use, at most 4 GiB in all)`, options);
    this.requestedBytes = requestedBytes;
    this.usedBytes = usedBytes;
  }
}

/** Thrown when the compiled kernels are missing from the package. */
export class KernelsNotBuiltError extends Error {
  override readonly name: string = "KernelsNotBuiltError";
}

/** Thrown when a kernel traps or a worker thread dies while it runs one. */
export class KernelExecutionError extends Error {
  override readonly name: string = "KernelExecutionError";
}
