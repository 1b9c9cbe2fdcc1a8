package sckd.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An image as it is stored: PNG, JPEG, BMP or GIF. */
interface EncodedImage {
    /** Names it in messages. */
    String where();

    byte[] read() throws IOException;

    /** A file of its own. */
    record OfFile(Path path) implements EncodedImage {
        @Override
        public String where() {
            return path.toString();
        }

        @Override
        public byte[] read() throws IOException {
            return Files.readAllBytes(path);
        }
    }
}
