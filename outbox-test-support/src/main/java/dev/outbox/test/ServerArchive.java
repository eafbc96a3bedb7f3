package dev.outbox.test;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The programs of a server as a compressed tar archive on the class path.
 *
 * @param server the first part of the name of the folder
 * @param source opens the archive
 * @param decompression turns the archive into a tar
 */
record ServerArchive(String server, Source source, Decompression decompression) {

    private static final int EXECUTABLE = 0b001_000_000;

    interface Source {
        InputStream open() throws IOException;
    }

    interface Decompression {
        InputStream of(InputStream compressed) throws IOException;
    }

    /** The folder with the contents, unpacked once for each user and version. */
    Path unpacked() throws IOException {
        return MadeOnce.folder(server + "-" + digest(), this::unpack);
    }

    private String digest() throws IOException {
        try (DigestInputStream in = new DigestInputStream(source.open(), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    private void unpack(Path folder) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(decompression.of(new BufferedInputStream(source.open())))) {
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null) {
                unpack(tar, entry, folder.resolve(entry.getName()));
                entry = tar.getNextEntry();
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            if ((entry.getMode() & EXECUTABLE) != 0) {
                makeExecutable(target);
            }
        }
    }

    static void makeExecutable(Path file) throws IOException {
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("Cannot make " + file + " executable");
        }
    }
}
