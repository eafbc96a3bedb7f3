package dev.outbox.sample.guide;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.product.application.ProductCatalog;
import dev.outbox.sample.product.application.StockedProduct;
import java.util.Comparator;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says what runs where, and what to try next. */
@RunsIn(ProcessRole.API)
@Component
@ConditionalOnBooleanProperty("sample.guide.enabled")
class Guide {
    private final GuideProperties properties;
    private final JdbcConnectionDetails database;
    private final KafkaConnectionDetails kafka;
    private final DataRedisConnectionDetails redis;
    private final ProductCatalog catalog;
    private final Environment environment;

    Guide(
            GuideProperties properties,
            JdbcConnectionDetails database,
            KafkaConnectionDetails kafka,
            DataRedisConnectionDetails redis,
            ProductCatalog catalog,
            Environment environment) {
        this.properties = properties;
        this.database = database;
        this.kafka = kafka;
        this.redis = redis;
        this.catalog = catalog;
        this.environment = environment;
    }

    /** To the console and not to the log: it is for the person in front of it. The web server runs by now. */
    @EventListener(ContextRefreshedEvent.class)
    @Order(2)
    void print(ContextRefreshedEvent event) {
        // Actuator's, where it has a port of its own
        if (event.getApplicationContext().getParent() != null) return;
        System.out.println(text("http://localhost:" + environment.getProperty("local.server.port")));
    }

    private String text(String url) {
        return """

                  Application   %1$s
                  Swagger UI    %1$s/swagger-ui.html
                  Database      %2$s, user %3$s (%4$s)
                  Kafka         %5$s (%6$s)
                %7$s
                  Register and log in. What comes back is a token, good for an hour:

                    user='{"email":"me@example.com","password":"my first order"}'
                    curl -s %1$s/api/v1/auth/register -H 'Content-Type: application/json' -d "$user"; echo
                    token=$(curl -s %1$s/api/v1/auth/login -H 'Content-Type: application/json' -d "$user" | cut -d'"' -f4); echo "$token"

                  Place an order. Every paste is a new one:

                    answer=$(curl -s %1$s/api/v1/orders -H 'Content-Type: application/json' \\
                      -H "Authorization: Bearer $token" \\
                      -H "Idempotency-Key: $(uuidgen 2>/dev/null || date +%%s%%N)" \\
                      -d '{"items":[{"productId":%8$d,"quantity":2}]}'); echo "$answer"

                  See its notification, which has come by outbox and Kafka:

                    curl -s -H "Authorization: Bearer $token" "%1$s/api/v1/notifications?orderId=$(echo "$answer" | cut -d'"' -f4)"; echo

                  Ctrl-C ends it.
                """.formatted(
                        url,
                        database.getJdbcUrl(),
                        database.getUsername(),
                        properties.database(),
                        String.join(",", kafka.getBootstrapServers()),
                        properties.kafka(),
                        more(),
                        productId());
    }

    /** Lines that are not always there. */
    private String more() {
        StringBuilder lines = new StringBuilder();
        Standalone server = redis.getStandalone();
        if (server != null)
            lines.append(
                    "  Redis         %s:%d (%s)%n".formatted(server.getHost(), server.getPort(), properties.redis()));
        if (properties.data() != null)
            lines.append("  Data          %s (kept; delete it to begin anew)%n".formatted(properties.data()));
        if (properties.admin() != null) lines.append("  ADMIN         %s%n".formatted(properties.admin()));
        return lines.toString();
    }

    private long productId() {
        Optional<StockedProduct> mostStocked =
                catalog.page(0, 20).products().stream().max(Comparator.comparingInt(StockedProduct::stock));
        return mostStocked.map(StockedProduct::id).orElse(1L);
    }
}
