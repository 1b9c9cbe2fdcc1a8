package sckd.cli;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Height, width and channels of an image, written {@code 32x32x3}. */
record ImageShape(int height, int width, int channels) {
    private static final Pattern WRITTEN = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})x([1-9]\\d{0,4})");

    List<Integer> sizes() {
        return List.of(height, width, channels);
    }

    @Override
    public String toString() {
        return height + "x" + width + "x" + channels;
    }

    /** Reads one. */
    static final class Converter implements ITypeConverter<ImageShape> {
        @Override
        public ImageShape convert(String text) {
            var match = WRITTEN.matcher(text);
            if (!match.matches()) {
                throw new TypeConversionException(
                        "'%s' is no image shape; expected height, width and channels such as 32x32x3".formatted(text));
            }
            var sizes = IntStream.rangeClosed(1, 3)
                    .map(group -> Integer.parseInt(match.group(group)))
                    .toArray();
            return new ImageShape(sizes[0], sizes[1], sizes[2]);
        }
    }
}
