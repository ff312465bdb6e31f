export function makeItemNeighborLists(_options: object): Promise<void> {
  return Promise.resolve();
}
export function makeUserNeighborLists(_options: object): Promise<void> {
  return Promise.resolve();
}
