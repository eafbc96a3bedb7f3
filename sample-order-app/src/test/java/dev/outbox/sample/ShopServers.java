package dev.outbox.sample;

import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.RedisServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Gives a shop its servers: PostgreSQL, or MySQL with the profile {@code mysql}. That one has a broker of its own, because the topic of the events and the
 * group of their consumer are fixed. Each shop has a Redis of its own, which a test may stop as long as it starts it again. MySQL's connections claim a time zone that no server has, which must make no difference.
 */
final class ShopServers implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        boolean mysql = context.getEnvironment().matchesProfiles("mysql");
        DatabaseSchema schema = (mysql ? TestDatabase.MYSQL : TestDatabase.POSTGRESQL).createSchema("shop");
        KafkaServer kafka = mysql ? KafkaServer.start() : TestServers.kafka();
        RedisServer redis = TestServers.ownRedis();
        context.getBeanFactory().registerSingleton("kafka", kafka);
        context.getBeanFactory().registerSingleton("redis", redis);
        TestPropertyValues.of(
                        "spring.datasource.url=" + schema.jdbcUrl() + (mysql ? "&connectionTimeZone=Asia/Tokyo" : ""),
                        "spring.datasource.username=" + schema.username(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "spring.data.redis.host=" + redis.host(),
                        "spring.data.redis.port=" + redis.port())
                .applyTo(context);
    }
}
