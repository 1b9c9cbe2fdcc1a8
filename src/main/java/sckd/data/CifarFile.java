package sckd.data;

import java.io.IOException;
import java.io.InputStream;
import sckd.UserException;
import sckd.files.IoReason;

/**
 * One file of records.
 *
 * @param where names it in messages
 * @param records that it must hold, no fewer and no more
 */
record CifarFile(CifarFormat format, String where, int records) {
    private static final String AGAIN = "download and unpack it again (see datasets/README.md)";

    /** Fills {@code target} from image {@code first} on. */
    void read(InputStream content, ImageSet target, int first) {
        var bytes = new byte[format.recordBytes()];
        for (int record = 0; record < records; record++) {
            int count = readRecord(content, record, bytes);
            if (count < bytes.length) {
                throw new UserException("%s: ends within record %s (byte %s); expected %s: %s"
                        .formatted(where, record, offset(record) + count, expectedSize(), AGAIN));
            }
            target.labels()[first + record] = checkLabel(record, bytes[format.labelBytes() - 1] & 0xFF);
            format.copyPixels(bytes, target.pixels(), (first + record) * target.imageBytes());
        }
        if (readRecord(content, records, bytes) > 0) {
            throw new UserException("%s: goes on after record %s (byte %s); expected %s: %s"
                    .formatted(where, records - 1, offset(records), expectedSize(), AGAIN));
        }
    }

    private int readRecord(InputStream content, int record, byte[] bytes) {
        try {
            return content.readNBytes(bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UserException(
                    "%s: cannot be read at record %s (byte %s): %s; the file is damaged: %s"
                            .formatted(where, record, offset(record), IoReason.of(e), AGAIN),
                    e);
        }
    }

    private int checkLabel(int record, int label) {
        if (label >= format.classes().size()) {
            throw new UserException("%s: record %s (byte %s): label %s; expected 0 to %s: %s"
                    .formatted(
                            where,
                            record,
                            offset(record) + format.labelBytes() - 1,
                            label,
                            format.classes().size() - 1,
                            "give the binary form of " + format.name() + " or " + AGAIN));
        }
        return label;
    }

    private long offset(int record) {
        return (long) record * format.recordBytes();
    }

    private String expectedSize() {
        return "%s bytes (%s records of %s)".formatted(offset(records), records, format.recordBytes());
    }
}
