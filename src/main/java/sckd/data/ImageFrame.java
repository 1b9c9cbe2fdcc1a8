package sckd.data;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The size that images are brought to.
 *
 * @param fixed names the image whose size it is: all others must have it; empty: they are resized
 */
record ImageFrame(int height, int width, int channels, ImageReading.Fit fit, double cropShare, Optional<String> fixed) {
    /** Images that are brought to no size are neither cropped nor stretched. */
    static void check(Path path, ImageReading reading) {
        if (reading.size().isEmpty()) {
            reading.refuse(
                    path,
                    "no size, to which images are brought: set size as well, or leave it out",
                    ImageReading.Key.FIT,
                    ImageReading.Key.CROP_SHARE);
        }
    }

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
