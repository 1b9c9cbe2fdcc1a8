package sckd.cli;

import com.google.common.base.Splitter;
import com.google.common.primitives.Doubles;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number that may be written as a fraction, {@code 1/127.5}. */
final class Scale implements ITypeConverter<Float> {
    @Override
    public Float convert(String text) {
        double value = 1;
        boolean isFirst = true;
        for (var part : Splitter.on('/').trimResults().limit(2).split(text)) {
            var number = Doubles.tryParse(part);
            if (number == null) {
                throw new TypeConversionException("'%s' is no number; expected one such as 1/255".formatted(text));
            }
            value = isFirst ? number : value / number;
            isFirst = false;
        }
        return (float) value;
    }
}
