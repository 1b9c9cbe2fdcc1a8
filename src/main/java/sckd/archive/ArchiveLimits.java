package sckd.archive;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How much an archive may unpack to: a small hostile one would otherwise fill a disk.
 *
 * @param paths files and directories, those counted that only stand in the names of others
 * @param bytes of all files
 * @param ratio unpacked bytes by bytes of the archive, looked at from {@code ratioFromBytes} unpacked bytes on; numbers hardly compress, so
 *     model weights stay below 20, while deflate ends at 1032
 */
record ArchiveLimits(int paths, long bytes, long ratio, long ratioFromBytes) {
    static final ArchiveLimits DEFAULT = new ArchiveLimits(10_000, 8L << 30, 1000, 64L << 20);

    ArchiveLimits {
        checkArgument(paths > 0, "paths is %s; expected more than 0", paths);
        checkArgument(bytes > 0, "bytes is %s; expected more than 0", bytes);
        checkArgument(ratio > 0, "ratio is %s; expected more than 0", ratio);
        checkArgument(ratioFromBytes >= 0, "ratioFromBytes is %s; expected at least 0", ratioFromBytes);
    }

    /**
     * @param archiveBytes size of the archive
     * @param unpackedBytes so far
     * @throws IllegalArgumentException if that is more than is allowed
     */
    void checkUnpacked(long archiveBytes, long unpackedBytes) {
        checkArgument(unpackedBytes <= bytes, "the files exceed %s bytes in all", bytes);
        checkArgument(
                unpackedBytes <= ratioFromBytes || unpackedBytes / ratio < archiveBytes,
                "the files exceed %s times the archive's %s bytes",
                ratio,
                archiveBytes);
    }
}
