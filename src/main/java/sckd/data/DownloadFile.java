package sckd.data;

/**
 * A file of a public data set.
 *
 * @param url where it comes from
 * @param bytes its size
 * @param sha256 of its content, in lower-case hexadecimal digits
 */
public record DownloadFile(String url, long bytes, String sha256) {
    /** The last part of the address. */
    public String name() {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** The same file at another place. */
    public DownloadFile at(String directory) {
        return new DownloadFile(directory.replaceFirst("/*$", "/") + name(), bytes, sha256);
    }
}
