package dev.outbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docs/query-plans.md}, in which the first block below a heading is the plan of that name. */
final class PlansPage {
    private final Path file;
    private String text;

    private PlansPage(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    static PlansPage of(Path file) throws IOException {
        return new PlansPage(file, Files.readString(file));
    }

    void put(String name, String plan) {
        Matcher block = Pattern.compile("(?ms)^## " + Pattern.quote(name) + "$(?:(?!^## ).)*?^```\n(.*?)^```$")
                .matcher(text);
        if (!block.find()) throw new IllegalStateException(file + " has no block below the heading '" + name + "'");
        text = text.substring(0, block.start(1)) + plan + "\n" + text.substring(block.end(1));
    }

    void write() throws IOException {
        Files.writeString(file, text);
    }
}
