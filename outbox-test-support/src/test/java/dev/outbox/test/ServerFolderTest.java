package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFolderTest {

    @Test
    void deletesATemporaryFolderAndKeepsAnother(@TempDir Path directory) throws IOException {
        Path temporary;
        Path kept;
        try (ServerFolder one = ServerFolder.temporary("test");
                ServerFolder other = ServerFolder.kept("test", directory.resolve("kept"))) {
            temporary = one.path();
            kept = other.path();
            Files.createFile(Files.createDirectory(temporary.resolve("below")).resolve("file"));
        }

        assertThat(temporary).doesNotExist();
        assertThat(kept).exists();
    }

    @Test
    void deletesTemporaryFoldersThatOthersLeftBehind() throws IOException {
        Path left = Files.createTempDirectory(Files.createDirectories(ServerFolder.ofUser()), "left-");
        Path lock = Files.createFile(left.resolve("owner.lock"));
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minus(Duration.ofHours(1))));

        try (ServerFolder next = ServerFolder.temporary("test")) {
            assertThat(left).doesNotExist();
            assertThat(next.path()).exists();
        }
    }

    @Test
    void leavesAFolderThatItsServerStillWritesToUntilItIsDone() throws Exception {
        Path left = Files.createTempDirectory(Files.createDirectories(ServerFolder.ofUser()), "left-");
        AtomicBoolean ended = new AtomicBoolean();
        Thread server = new Thread(() -> {
            for (int i = 0; !ended.get(); i++) write(left.resolve("data").resolve("file " + i % 100));
        });
        server.start();
        try {
            for (int start = 0; start < 100; start++) {
                leaveBehind(left);
                ServerFolder.temporary("test").close();
            }
        } finally {
            ended.set(true);
            server.join();
        }
        leaveBehind(left);
        ServerFolder.temporary("test").close();
        assertThat(left).doesNotExist();
    }

    private static void leaveBehind(Path folder) throws IOException {
        Path lock = Files.createDirectories(folder).resolve("owner.lock");
        if (!Files.exists(lock)) Files.createFile(lock);
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }

    private static void write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "still here");
        } catch (IOException deletedMeanwhile) {
            Thread.onSpinWait();
        }
    }
}
