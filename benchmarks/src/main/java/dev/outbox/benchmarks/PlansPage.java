package dev.outbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /** @param names of each plan, "-" of one that is left out */
    void put(List<String> plans, String... names) {
        if (plans.size() != names.length) {
            throw new IllegalStateException(
                    "%d plans, not %s:%n%s".formatted(plans.size(), List.of(names), String.join("\n\n", plans)));
        }
        for (int i = 0; i < names.length; i++) if (!names[i].equals("-")) put(names[i], plans.get(i));
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
