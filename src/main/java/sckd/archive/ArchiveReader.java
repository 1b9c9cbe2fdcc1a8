package sckd.archive;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** The entries of an archive, one after another. A garbled archive shows as an IOException or as any RuntimeException of the format's library. */
interface ArchiveReader extends Closeable {
    /** The next entry; empty after the last, once the archive has been seen to end as it should. */
    Optional<ArchiveMember> next() throws IOException;
}
