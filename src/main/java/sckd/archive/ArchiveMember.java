package sckd.archive;

import java.io.InputStream;
import java.util.Optional;

/**
 * One entry of an archive, as its header states it: nothing of it is trusted yet.
 *
 * @param name as written in the archive
 * @param directory whether it is a directory; else {@code content} are a file's bytes
 * @param refusal why the program does not take this kind of entry, such as {@code is a symbolic link}
 * @param content valid until the next entry is asked for; fails at its end where the archive's checksum says so
 */
record ArchiveMember(String name, boolean directory, Optional<String> refusal, InputStream content) {}
