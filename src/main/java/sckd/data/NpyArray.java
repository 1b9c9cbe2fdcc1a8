package sckd.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import sckd.UserException;

/**
 * An array of whole numbers in NumPy's format (NEP 1, "A simple file format for NumPy arrays"): a magic, a version, a header that names type, order and shape,
 * then the items. Nothing in it is run: arrays of Python objects are refused.
 *
 * @param type such as {@code |u1}, {@code <i8}
 * @param shape sizes of its dimensions
 */
record NpyArray(String where, String type, List<Integer> shape, byte[] items) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']{1,16})'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");
    private static final Pattern WHOLE = Pattern.compile("[|<>=]?[ui][1248]");

    static NpyArray read(InputStream content, String where) throws IOException {
        var header = readHeader(content, where);
        var type = find(TYPE, header, where);
        if (!WHOLE.matcher(type).matches()) {
            throw new UserException("%s: its items are of type %s%s; expected whole numbers, such as uint8"
                    .formatted(where, type, type.contains("O") ? " (Python objects, which would have to be run)" : ""));
        }
        if (find(ORDER, header, where).equals("True")) {
            throw new UserException(
                    "%s: is in Fortran's order; expected C's: save numpy.ascontiguousarray of it".formatted(where));
        }
        var shape = parseShape(find(SHAPE, header, where), where);
        long bytes = type.charAt(type.length() - 1) - '0';
        for (int size : shape) {
            bytes = bytes * size;
            if (bytes > ImageFiles.MOST_BYTES) {
                throw new UserException("%s: has the shape %s; expected at most 2.0 GiB".formatted(where, shape));
            }
        }
        var items = content.readNBytes((int) bytes); // grows as it reads: a wrong header takes no memory
        if (items.length < bytes || content.read() >= 0) {
            throw new UserException("%s: %s its %s bytes; the file is damaged: get it again"
                    .formatted(where, items.length < bytes ? "ends before" : "goes on after", bytes));
        }
        return new NpyArray(where, type, shape, items);
    }

    private static String readHeader(InputStream content, String where) throws IOException {
        var start = content.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new UserException(where + ": is no NumPy array: it does not start with NUMPY");
        }
        int sizeBytes = start[MAGIC.length] == 1 ? 2 : 4;
        var sizes = content.readNBytes(sizeBytes);
        if (sizes.length < sizeBytes) {
            throw new EOFException();
        }
        var buffer = ByteBuffer.wrap(sizes).order(ByteOrder.LITTLE_ENDIAN);
        long length = sizeBytes == 2 ? buffer.getShort() & 0xFFFF : buffer.getInt() & 0xFFFFFFFFL;
        if (length > LONGEST_HEADER) {
            throw new UserException("%s: has a header of %s bytes; expected at most %s: the file is damaged"
                    .formatted(where, length, LONGEST_HEADER));
        }
        var header = content.readNBytes((int) length);
        if (header.length < length) {
            throw new EOFException();
        }
        return new String(header, StandardCharsets.ISO_8859_1);
    }

    private static String find(Pattern pattern, String header, String where) {
        var found = pattern.matcher(header);
        if (!found.find()) {
            throw new UserException("%s: its header is '%s'; expected descr of one type, fortran_order and shape"
                    .formatted(
                            where,
                            header.strip()
                                    .replaceAll("[^ -~]", "?")
                                    .substring(0, Math.min(80, header.strip().length()))));
        }
        return found.group(1);
    }

    private static List<Integer> parseShape(String text, String where) {
        try {
            return Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .map(Integer::valueOf)
                    .toList();
        } catch (NumberFormatException e) {
            throw new UserException("%s: has the shape (%s); expected at most 2.0 GiB".formatted(where, text), e);
        }
    }

    /** All items as longs. */
    long[] toLongs() {
        int bytes = type.charAt(type.length() - 1) - '0';
        boolean signed = type.contains("i");
        var buffer =
                ByteBuffer.wrap(items).order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        var values = new long[items.length / bytes];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (bytes) {
                case 1 -> signed ? buffer.get() : buffer.get() & 0xFF;
                case 2 -> signed ? buffer.getShort() : buffer.getShort() & 0xFFFF;
                case 4 -> signed ? buffer.getInt() : buffer.getInt() & 0xFFFFFFFFL;
                default -> buffer.getLong();
            };
        }
        return values;
    }
}
