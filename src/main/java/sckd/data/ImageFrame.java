package sckd.data;

import java.util.Optional;

/**
 * The size that images are brought to.
 *
 * @param fixed names the image whose size it is: all others must have it; empty: they are resized
 */
record ImageFrame(int height, int width, int channels, ImageReading.Fit fit, double cropShare, Optional<String> fixed) {
    static ImageFrame of(ImageReading reading, EncodedImage first) {
        if (reading.size().isPresent()) {
            var size = reading.size().get();
            return new ImageFrame(
                    size.height(),
                    size.width(),
                    reading.channels(),
                    reading.fit(),
                    reading.cropShare(),
                    Optional.empty());
        }
        var size = ImageDecoder.readSize(first, reading.channels());
        return new ImageFrame(
                size.height(), size.width(), reading.channels(), ImageReading.Fit.CROP, 1, Optional.of(first.where()));
    }
}
