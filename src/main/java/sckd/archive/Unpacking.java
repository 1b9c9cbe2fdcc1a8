package sckd.archive;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import sckd.UserException;
import sckd.files.IoReason;

/** One run over the entries of an archive: what was written so far, and what that leaves to be written. */
final class Unpacking {
    private final Path archive;
    private final String content;
    private final ArchiveLimits limits;
    private final Path directory;
    private final String packAgain;
    private final Set<Path> paths = new HashSet<>();
    private long archiveBytes;
    private long unpackedBytes;

    Unpacking(Path archive, String content, ArchiveLimits limits, Path directory) {
        this.archive = archive;
        this.content = content;
        packAgain = "expected the %s's plain files and directories: pack them anew".formatted(content);
        this.limits = limits;
        this.directory = directory;
    }

    void run(ArchiveReader reader) throws IOException {
        archiveBytes = Files.size(archive);
        Files.createDirectory(directory);
        for (var member = next(reader); member.isPresent(); member = next(reader)) {
            unpack(member.get());
        }
    }

    private Optional<ArchiveMember> next(ArchiveReader reader) {
        try {
            return reader.next();
        } catch (IOException | RuntimeException e) {
            throw garbled("after %d files and directories".formatted(paths.size()), e);
        }
    }

    private void unpack(ArchiveMember member) throws IOException {
        if (member.refusal().isPresent()) {
            throw refused(member, member.refusal().get(), packAgain);
        }
        var path = path(member);
        count(member, path);
        var target = directory.resolve(path);
        try {
            if (member.directory()) {
                Files.createDirectories(target);
            } else {
                Files.createDirectories(target.getParent());
                copy(member, target);
            }
        } catch (FileAlreadyExistsException e) {
            throw refused(member, "stands where another entry already is", packAgain);
        }
    }

    private Path path(ArchiveMember member) {
        try {
            return ArchivePath.parse(member.name());
        } catch (InvalidPathException e) {
            throw refused(member, "is no name of a file on this system", packAgain);
        } catch (IllegalArgumentException e) {
            throw refused(member, e.getMessage(), packAgain);
        }
    }

    private void count(ArchiveMember member, Path path) {
        for (var part = path; part != null && paths.add(part); part = part.getParent()) {
            if (paths.size() > limits.paths()) {
                throw refused(
                        member,
                        "exceeds the limit of %d files and directories".formatted(limits.paths()),
                        "expected a %s alone: pack that".formatted(content));
            }
        }
    }

    private void copy(ArchiveMember member, Path target) throws IOException {
        var buffer = new byte[1 << 16];
        try (var out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int read = read(member, buffer); read >= 0; read = read(member, buffer)) {
                out.write(buffer, 0, read);
            }
        }
    }

    private int read(ArchiveMember member, byte[] buffer) {
        int read;
        try {
            read = member.content().read(buffer);
        } catch (IOException | RuntimeException e) {
            throw garbled("in entry '%s'".formatted(UserException.shorten(member.name())), e);
        }
        unpackedBytes += Math.max(0, read);
        try {
            limits.checkUnpacked(archiveBytes, unpackedBytes);
        } catch (IllegalArgumentException e) {
            throw refused(
                    member, "is too much: " + e.getMessage(), "if you trust it, unpack it and import the directory");
        }
        return read;
    }

    private UserException refused(ArchiveMember member, String why, String cure) {
        return new UserException(
                "%s: entry '%s' %s; %s".formatted(archive, UserException.shorten(member.name()), why, cure));
    }

    private static String reason(Exception e) {
        return e instanceof IOException io ? IoReason.of(io) : e.toString();
    }

    private UserException garbled(String where, Exception cause) {
        return new UserException(
                "%s: garbled or cut off %s: %s; expected a whole archive: get it again"
                        .formatted(archive, where, UserException.shorten(reason(cause))),
                cause);
    }
}
