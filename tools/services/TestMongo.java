import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    @Override
    protected MemoryCollection openOrCreateCollection(String name, CollectionOptions options) {
      return new IndexedCollection(this, name, options, cursorRegistry);
    }
  }

  /** Looks texts up in a set where mongo-java-server compares each document with each value of an $in. */
  static class IndexedCollection extends MemoryCollection {
    IndexedCollection(MongoDatabase database, String name, CollectionOptions options, CursorRegistry cursors) {
      super(database, name, options, cursors);
    }

    @Override
    protected QueryResult matchDocuments(
        Document query, Iterable<Integer> positions, Document orderBy, int skip, int limit, int batchSize, Document fields) {
      Map<String, Set<String>> wanted = new HashMap<>();
      Document rest = new Document();
      for (Map.Entry<String, Object> condition : query.entrySet()) {
        Set<String> texts = textsOfIn(condition.getValue());
        if (texts == null) rest.put(condition.getKey(), condition.getValue());
        else wanted.put(condition.getKey(), texts);
      }
      List<Integer> found = new ArrayList<>();
      for (Integer position : positions) if (hasTexts(getDocument(position), wanted)) found.add(position);
      return super.matchDocuments(rest, found, orderBy, skip, limit, batchSize, fields);
    }

    private static boolean hasTexts(Document document, Map<String, Set<String>> wanted) {
      return wanted.entrySet().stream().allMatch(
          entry -> textsIn(document.get(entry.getKey())).stream().anyMatch(entry.getValue()::contains));
    }
  }

  private static Set<String> textsIn(Object value) {
    if (value instanceof String) return Set.of((String) value);
    if (!(value instanceof Collection)) return Set.of();
    return ((Collection<?>) value).stream().filter(String.class::isInstance).map(String.class::cast).collect(Collectors.toSet());
  }

  /** The texts of {$in: [...]}; null for any other condition. */
  private static Set<String> textsOfIn(Object condition) {
    if (!(condition instanceof Document) || ((Document) condition).size() != 1) return null;
    Object values = ((Document) condition).get("$in");
    boolean isTexts = values instanceof Collection && ((Collection<?>) values).stream().allMatch(String.class::isInstance);
    return isTexts ? textsIn(values) : null;
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
      for (String text : textsIn(document.get(field))) positionsByText.computeIfAbsent(text, key -> new HashSet<>()).add(position);
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
      Set<Integer> found = new LinkedHashSet<>();
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

    /** Texts of which a match has one at least; null when the condition tells none. */
    private static Collection<String> wantedTexts(Object condition) {
      if (condition instanceof String) return List.of((String) condition);
      Object all = condition instanceof Document ? ((Document) condition).get("$all") : null;
      Set<String> texts = all instanceof Collection ? textsIn(all) : textsOfIn(condition);
      return all == null || texts.isEmpty() ? texts : List.of(texts.iterator().next());
    }
  }
}
