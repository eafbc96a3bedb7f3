package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.test.TestServers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** {@link FlywayContract}, and what it needs of scripts and of the page. */
class FlywayIntegrationTest {
    @Nested
    class OnPostgres extends FlywayContract {
        OnPostgres() {
            super(TestServers.postgres());
        }
    }

    @Nested
    class OnMySql extends FlywayContract {
        OnMySql() {
            super(TestServers.mysql());
        }
    }

    @Test
    void no_script_has_anything_that_flyway_would_replace() throws Exception {
        Resource[] scripts =
                new PathMatchingResourcePatternResolver().getResources("classpath*:dev/outbox/schema/**/*.sql");
        assertThat(scripts).hasSizeGreaterThan(1);
        for (Resource script : scripts) {
            assertThat(script.getContentAsString(StandardCharsets.UTF_8))
                    .as(script.getFilename())
                    .doesNotContain("${");
        }
    }

    @Test
    void the_page_shows_the_code_that_runs_here() throws Exception {
        String source = Files.readString(Path.of("src/test/java/dev/outbox/boot/OutboxMigrations.java"));
        assertThat(Files.readString(Path.of("../docs/schema.md")))
                .contains(source.substring(source.indexOf("import ")));
    }
}
