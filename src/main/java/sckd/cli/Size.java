package sckd.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import sckd.savedmodel.ImageSize;

/** Reads a size that is written {@code 224x160}. */
final class Size implements ITypeConverter<ImageSize> {
    private static final Pattern WRITTEN = Pattern.compile("([1-9]\\d{0,3})x([1-9]\\d{0,3})");

    @Override
    public ImageSize convert(String text) {
        var match = WRITTEN.matcher(text);
        if (!match.matches()) {
            throw new TypeConversionException(
                    "'%s' is no size; expected height and width such as 224x224".formatted(text));
        }
        try {
            return new ImageSize(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'%s': %s".formatted(text, e.getMessage()));
        }
    }
}
