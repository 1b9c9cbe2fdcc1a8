package sckd.cli;

import com.google.common.base.Splitter;
import com.google.common.primitives.Floats;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number for each channel, written {@code .485,.456,.406}. */
record Channels(List<Float> values) {
    Channels {
        values = List.copyOf(values);
    }

    /** Reads them. */
    static final class Converter implements ITypeConverter<Channels> {
        @Override
        public Channels convert(String text) {
            var values = new ArrayList<Float>();
            for (var part : Splitter.on(',').trimResults().split(text)) {
                var value = Floats.tryParse(part);
                if (value == null || !Float.isFinite(value)) {
                    throw new TypeConversionException(
                            "'%s' is no number; expected one for each channel such as .485,.456,.406".formatted(part));
                }
                values.add(value);
            }
            return new Channels(values);
        }
    }
}
