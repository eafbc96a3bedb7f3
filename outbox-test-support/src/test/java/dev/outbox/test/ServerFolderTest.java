package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
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
}
