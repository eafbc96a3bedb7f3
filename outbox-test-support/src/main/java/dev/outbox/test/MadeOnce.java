package dev.outbox.test;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Folders that are made once for each user, and only read after that. */
final class MadeOnce {

    private MadeOnce() {}

    /** Makes the contents of a folder that is not there yet. */
    interface Maker {
        void make(Path folder) throws IOException;
    }

    /** The folder of this name, which no JVM sees unfinished. */
    static synchronized Path folder(String name, Maker maker) throws IOException {
        Path folder = ServerFolder.ofUser().resolve(name);
        Files.createDirectories(folder.getParent());
        if (!Files.exists(folder)) {
            // another JVM of this user may do the same at this moment
            try (FileChannel channel = FileChannel.open(
                            folder.resolveSibling(name + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !Files.exists(folder)) {
                    Path unfinished = folder.resolveSibling(name + "-unfinished");
                    ServerFolder.delete(unfinished);
                    maker.make(unfinished);
                    Files.move(unfinished, folder);
                }
            }
        }
        return folder;
    }
}
