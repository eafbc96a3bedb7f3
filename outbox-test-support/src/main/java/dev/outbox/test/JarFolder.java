package dev.outbox.test;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** A folder of a jar on the class path, whose files are wanted on disk. */
final class JarFolder {

    private JarFolder() {}

    /**
     * Copies everything below a folder of a jar.
     *
     * @param prefix the folder, with a slash at its end
     * @param known one file below it, which shows the jar that has it
     * @throws FileNotFoundException if no jar has that file
     */
    static void copy(String prefix, String known, Path target) throws IOException {
        URL url = JarFolder.class.getClassLoader().getResource(prefix + known);
        if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
            throw new FileNotFoundException("no jar of the class path has " + prefix + known);
        }
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            for (JarEntry entry : jar.stream()
                    .filter(found -> found.getName().startsWith(prefix) && !found.isDirectory())
                    .toList()) {
                Path file = target.resolve(entry.getName().substring(prefix.length()));
                Files.createDirectories(file.getParent());
                try (InputStream in = jar.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        }
    }
}
