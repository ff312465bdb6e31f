export interface CollaborativeModel { modelId: string; factors: { dispose(): void } }
export function decodeCollaborativeModel(_bytes: Uint8Array): CollaborativeModel { throw new Error(); }
