package dev.outbox.sample.guide;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the guide cannot know by itself.
 *
 * @param enabled whether it is printed; not by default, because programs read what a service prints
 * @param database how the database runs
 * @param kafka how Kafka runs
 * @param redis how Redis runs
 * @param admin how to log in as an ADMIN, where everybody in front of the console may know it; null where not
 * @param data where servers that were started together with the application keep their data; null when there are none
 */
@ConfigurationProperties("sample.guide")
record GuideProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("external") String database,
        @DefaultValue("external") String kafka,
        @DefaultValue("external") String redis,
        @Nullable String admin,
        @Nullable String data) {}
