package dev.outbox.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder that belongs to one server of one JVM. A lock, which the system frees when the JVM ends in any way, keeps
 * others out.
 */
final class ServerFolder implements AutoCloseable {

    private static final String LOCK = "owner.lock";

    /** A younger one may be just between its creation and its lock. */
    private static final Duration LEFT_BEHIND_AFTER = Duration.ofMinutes(1);

    /** Opening a second channel on a lock file and closing it would free the lock: POSIX counts by process. */
    private static final Set<Path> OWNED_HERE = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final boolean temporary;
    private final FileChannel channel;

    private ServerFolder(Path path, boolean temporary, FileChannel channel) {
        this.path = path;
        this.temporary = temporary;
        this.channel = channel;
    }

    /** Takes a folder whose contents stay, and creates it when missing. */
    static ServerFolder kept(String server, Path wanted) {
        try {
            Files.createDirectories(wanted);
            return take(server, wanted.toRealPath(), false);
        } catch (IOException e) {
            throw unusable(server, wanted.toAbsolutePath(), e);
        }
    }

    /** Takes a new folder that is deleted with its owner. */
    static ServerFolder temporary(String server) {
        Path parent = ofUser();
        try {
            Files.createDirectories(parent);
            deleteLeftBehind(parent);
            Path created = Files.createTempDirectory(parent.toRealPath(), server.toLowerCase(Locale.ROOT) + "-");
            return take(server, created, true);
        } catch (IOException e) {
            throw unusable(server, parent, e);
        }
    }

    /** The place for temporary files of this user: another user's files there would not be accessible. */
    static Path ofUser() {
        return Path.of(System.getProperty("java.io.tmpdir"), "outbox-test-" + System.getProperty("user.name"));
    }

    Path path() {
        return path;
    }

    boolean isTemporary() {
        return temporary;
    }

    /** Leaves the folder, and deletes a temporary one. */
    @Override
    public void close() {
        try {
            if (temporary) {
                delete(path);
            }
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            OWNED_HERE.remove(path);
        }
    }

    private static ServerFolder take(String server, Path path, boolean temporary) throws IOException {
        if (!OWNED_HERE.add(path)) {
            throw inUse(server, path, "another server of this JVM");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(server, path, "process " + Files.readString(path.resolve(LOCK)));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new ServerFolder(path, temporary, channel);
        } catch (IOException | RuntimeException e) {
            OWNED_HERE.remove(path);
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    private static ServerStartException inUse(String server, Path path, String owner) {
        return new ServerStartException(
                "%s cannot keep its data in %s: the folder is in use by %s. Stop that or choose another folder."
                        .formatted(server, path, owner));
    }

    private static ServerStartException unusable(String server, Path path, IOException e) {
        return new ServerStartException(
                "%s cannot keep its data in %s: %s. Make it a folder that user %s may write, or choose another folder."
                        .formatted(server, path, reason(e), System.getProperty("user.name")),
                e);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission to write " + denied.getFile();
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is not a folder";
        }
        return String.valueOf(e.getMessage());
    }

    private static void deleteLeftBehind(Path parent) throws IOException {
        try (Stream<Path> folders = Files.list(parent.toRealPath())) {
            for (Path folder :
                    folders.filter(folder -> !OWNED_HERE.contains(folder)).toList()) {
                if (isLeftBehind(folder.resolve(LOCK))) {
                    deleteUnlessWritten(folder);
                }
            }
        }
    }

    /** A server outlives its JVM by the time it takes to end in order. */
    private static void deleteUnlessWritten(Path folder) throws IOException {
        try {
            delete(folder);
        } catch (DirectoryNotEmptyException stillWritten) {
            // whoever ends that server deletes its folder, or the next start does
        }
    }

    private static boolean isLeftBehind(Path lockFile) {
        try {
            Instant youngest = Instant.now().minus(LEFT_BEHIND_AFTER);
            if (Files.getLastModifiedTime(lockFile).toInstant().isAfter(youngest)) {
                return false;
            }
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                return lock != null;
            }
        } catch (IOException e) {
            return false;
        }
    }

    /** Another JVM may delete the same at this moment. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            // nothing is left to delete
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e;
            }
        }
    }
}
