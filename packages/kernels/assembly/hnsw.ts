// Hierarchical navigable small worlds: builds the graph on several threads and searches it (Malkov, Yashunin 2018, algorithms 1, 4, 5).
import { beamRows, insertSorted, listOf, SEEN, searchLayer, squaredDistance, startBeam, vectorOf } from "./hnsw-beam";

/** Bytes that a beam of `width` needs; build: with the room that links are chosen in, for lists of at most `links`. */
export function hnswBeamBytes(width: i32, links: i32): i32 {
  return 16 + 8 * width + 12 * (links + 1);
}

/**
 * Inserts the rows order[begin, end) into a graph that has its entry row already, which is of the highest level.
 * Threads may insert at the same time, each with its own `visited` and `beam` (capacity `width`).
 */
export function hnswInsert(graph: usize, order: usize, width: i32, visited: usize, beam: usize, begin: i32, end: i32): void {
  const levels = <usize>load<u32>(graph, 12);
  store<i32>(beam, width, 4);
  const rows = beamRows(beam);
  const room = rows + ((<usize>width) << 2);
  for (let i = begin; i < end; i++) {
    const row = load<i32>(order + ((<usize>i) << 2));
    const level = <i32>load<u8>(levels + <usize>row);
    const vector = vectorOf(graph, row);
    startBeam(graph, vector, beam);
    for (let layer = load<i32>(graph, 44); layer > level; layer--) searchLayer(graph, vector, layer, 1, beam, visited);
    // All own lists are filled before any link to the row is made: whoever gets here can go on in every layer.
    for (let layer = level; layer >= 0; layer--) {
      searchLayer(graph, vector, layer, width, beam, visited);
      const list = listOf(graph, row, layer);
      const count = choose(graph, beam + 16, rows, load<i32>(beam), load<i32>(graph, 32), list + 4);
      store<i32>(list, count);
    }
    for (let layer = level; layer >= 0; layer--) {
      const list = listOf(graph, row, layer);
      const count = min(load<i32>(list), load<i32>(graph, 32));
      // Other threads may extend the list meanwhile, behind the first entries.
      for (let link = 0; link < count; link++) {
        linkBack(graph, load<i32>(list + 4 + ((<usize>link) << 2)), row, layer, room);
      }
    }
  }
}

/**
 * Chooses up to `most` of the rows in the order of their distances: first those that are nearer to the center than to any row
 * chosen before, which lead into different directions, then the nearest others.
 */
function choose(graph: usize, distances: usize, rows: usize, size: i32, most: i32, chosen: usize): i32 {
  const stride = load<i32>(graph, 4);
  let count = 0;
  for (let i = 0; i < size && count < most; i++) {
    const at = rows + ((<usize>i) << 2);
    const row = load<u32>(at) & ~SEEN;
    const distance = load<f32>(distances + ((<usize>i) << 2));
    const vector = vectorOf(graph, <i32>row);
    let isApart = true;
    for (let j = 0; j < count && isApart; j++) {
      const other = vectorOf(graph, load<i32>(chosen + ((<usize>j) << 2)));
      const between = squaredDistance(vector, other, stride);
      // One row equal to the center stands for all of them, but must not hide the way to the others.
      if (between < distance || (between == 0 && distance == 0)) isApart = false;
    }
    store<u32>(at, isApart ? row | SEEN : row);
    if (!isApart) continue;
    store<u32>(chosen + ((<usize>count) << 2), row);
    count++;
  }
  for (let i = 0; i < size && count < most; i++) {
    const row = load<u32>(rows + ((<usize>i) << 2));
    if ((row & SEEN) != 0) continue;
    store<u32>(chosen + ((<usize>count) << 2), row);
    count++;
  }
  return count;
}

/** Adds a link to the list of `row`, choosing anew which to keep when it is full. room: distances, rows and choice. */
function linkBack(graph: usize, row: i32, added: i32, layer: i32, room: usize): void {
  const lock = <usize>load<u32>(graph, 36) + ((<usize>row) << 2);
  while (atomic.cmpxchg<i32>(lock, 0, 1) != 0) {}
  const most = layer == 0 ? load<i32>(graph, 20) : load<i32>(graph, 32);
  const list = listOf(graph, row, layer);
  const count = load<i32>(list);
  if (count < most) {
    store<i32>(list + 4 + ((<usize>count) << 2), added);
    store<i32>(list, count + 1);
  } else {
    const words = (<usize>(load<i32>(graph, 20) + 1)) << 2;
    const rows = room + words;
    const vector = vectorOf(graph, row);
    const stride = load<i32>(graph, 4);
    for (let i = 0; i <= count; i++) {
      const other = i == count ? added : load<i32>(list + 4 + ((<usize>i) << 2));
      insertSorted(room, rows, i, count + 1, squaredDistance(vector, vectorOf(graph, other), stride), <u32>other);
    }
    const kept = choose(graph, room, rows, count + 1, most, rows + words);
    memory.copy(list + 4, rows + words, (<usize>kept) << 2);
    store<i32>(list, kept);
  }
  atomic.store<i32>(lock, 0);
}

/**
 * Rows near the vectors queries[begin, end), by ascending squared distance: `limit` places for each, -1 where there are no more.
 * Only rows with isAllowed are given, and not selves[query]. width: rows that are followed at the same time, at least 1.
 */
export function hnswSearch(
  graph: usize,
  queries: usize,
  selves: usize,
  width: i32,
  isAllowed: usize,
  limit: i32,
  outRows: usize,
  visited: usize,
  beam: usize,
  begin: i32,
  end: i32,
): void {
  const rowBytes = (<usize>load<u32>(graph, 4)) << 2;
  store<i32>(beam, width, 4);
  const rows = beamRows(beam);
  for (let query = begin; query < end; query++) {
    const vector = queries + <usize>query * rowBytes;
    const self = load<i32>(selves + ((<usize>query) << 2));
    startBeam(graph, vector, beam);
    for (let layer = load<i32>(graph, 44); layer > 0; layer--) searchLayer(graph, vector, layer, 1, beam, visited);
    searchLayer(graph, vector, 0, width, beam, visited);
    const size = load<i32>(beam);
    const out = outRows + (<usize>query * <usize>limit << 2);
    let count = 0;
    for (let i = 0; i < size && count < limit; i++) {
      const row = <i32>(load<u32>(rows + ((<usize>i) << 2)) & ~SEEN);
      if (row == self || load<u8>(isAllowed + <usize>row) == 0) continue;
      store<i32>(out + ((<usize>count) << 2), row);
      count++;
    }
    for (; count < limit; count++) store<i32>(out + ((<usize>count) << 2), -1);
  }
}
