import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A server of MongoDB's protocol in memory: java TestMongo.java PORT. */
public class TestMongo {
  public static void main(String[] arguments) throws Exception {
    MemoryBackend backend = new IndexedBackend();
    backend.version(new MongoVersion() {
      public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
      public int getWireVersion() { return 9; }
    });
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
  }

  /** mongo-java-server itself uses no index but unique ones: a look-up of one user's rows would walk over those of all. */
  static class IndexedBackend extends MemoryBackend {
    @Override
    public MemoryDatabase openOrCreateDatabase(String name) {
      return new IndexedDatabase(name, getCursorRegistry());
    }
  }

  static class IndexedDatabase extends MemoryDatabase {
    IndexedDatabase(String name, CursorRegistry cursors) {
      super(name, cursors);
    }

    @Override
    protected Index<Integer> openOrCreateSecondaryIndex(String collection, String index, List<IndexKey> keys, boolean sparse) {
      return new TextIndex(index, keys);
    }
  }

  /**
   * Finds documents by one or several texts in the first field of an index, or among the texts in a list there. What it finds is
   * matched against the whole query by its caller.
   */
  static class TextIndex extends Index<Integer> {
    private final String field;
    private final Map<String, Set<Integer>> positionsByText = new HashMap<>();
    private final Map<Object, Integer> positionsById = new HashMap<>();

    TextIndex(String name, List<IndexKey> keys) {
      super(name, keys, false);
      field = keys.get(0).getKey();
    }

    @Override
    public synchronized void add(Document document, Integer position, MongoCollection<Integer> collection) {
      positionsById.put(document.get("_id"), position);
      for (String text : textsIn(document.get(field))) positionsByText.computeIfAbsent(text, key -> new TreeSet<>()).add(position);
    }

    @Override
    public synchronized Integer remove(Document document) {
      Integer position = positionsById.remove(document.get("_id"));
      for (String text : textsIn(document.get(field))) {
        Set<Integer> positions = positionsByText.get(text);
        if (positions == null || position == null) continue;
        positions.remove(position);
        if (positions.isEmpty()) positionsByText.remove(text);
      }
      return position;
    }

    @Override
    public synchronized void updateInPlace(Document old, Document changed, Integer position, MongoCollection<Integer> collection) {
      if (textsIn(old.get(field)).equals(textsIn(changed.get(field)))) return;
      remove(old);
      add(changed, position, collection);
    }

    @Override
    public boolean canHandle(Document query) {
      return wantedTexts(query.get(field)) != null;
    }

    @Override
    public synchronized Iterable<Integer> getPositions(Document query) {
      Set<Integer> found = new TreeSet<>();
      for (String text : wantedTexts(query.get(field))) found.addAll(positionsByText.getOrDefault(text, Set.of()));
      return found;
    }

    @Override
    public synchronized Integer getPosition(Document document) {
      return positionsById.get(document.get("_id"));
    }

    @Override
    public synchronized long getCount() {
      return positionsById.size();
    }

    @Override
    public long getDataSize() {
      return getCount();
    }

    @Override
    public void checkAdd(Document document, MongoCollection<Integer> collection) {}

    @Override
    public void checkUpdate(Document old, Document changed, MongoCollection<Integer> collection) {}

    @Override
    public synchronized void drop() {
      positionsByText.clear();
      positionsById.clear();
    }

    private static Set<String> textsIn(Object value) {
      Collection<?> values = value instanceof Collection ? (Collection<?>) value : value == null ? List.of() : List.of(value);
      return values.stream().filter(String.class::isInstance).map(String.class::cast).collect(Collectors.toSet());
    }

    /** Texts of which a match has one at least; null when the condition tells none. */
    private static Collection<String> wantedTexts(Object condition) {
      if (condition instanceof String) return List.of((String) condition);
      if (!(condition instanceof Document)) return null;
      for (String operator : List.of("$in", "$all")) {
        Object values = ((Document) condition).get(operator);
        if (!(values instanceof Collection) || !((Collection<?>) values).stream().allMatch(String.class::isInstance)) continue;
        Set<String> texts = textsIn(values);
        return operator.equals("$all") ? texts.stream().limit(1).collect(Collectors.toList()) : texts;
      }
      return null;
    }
  }
}
