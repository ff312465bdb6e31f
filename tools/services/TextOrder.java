/** The order of texts that MongoDB keeps: that of their UTF-8 bytes. */
public class TextOrder {
  public static int compare(String left, String right) {
    int end = Math.min(left.length(), right.length());
    for (int index = 0; index < end; index++) {
      char a = left.charAt(index);
      char b = right.charAt(index);
      // Halves of characters beyond U+FFFF stand in the middle of the units and belong behind all others.
      if (a != b) return Character.isSurrogate(a) == Character.isSurrogate(b) ? a - b : Character.isSurrogate(a) ? 1 : -1;
    }
    return left.length() - right.length();
  }
}
