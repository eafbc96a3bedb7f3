package dev.outbox.boot3;

import static org.springframework.security.config.Customizer.withDefaults;

import dev.outbox.OutboxEvent;
import dev.outbox.inbox.Inbox;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** An application of Spring Boot 3.5 with everything that the outbox knows how to use: Flyway, Kafka, Spring Security, Actuator, metrics and traces. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Shop {
    /** Its name says that it is written and read by the application's own Jackson 2. */
    @OutboxEvent(type = "OrderPlaced", aggregate = "Order", key = "orderId", encrypted = true)
    record OrderPlaced(String orderId, String deliverTo) {}

    static final class Notifications {
        final Queue<OrderPlaced> sent = new ConcurrentLinkedQueue<>();

        @KafkaListener(topics = "${topic}", groupId = "notification")
        @Inbox("notification")
        void on(OrderPlaced event) {
            sent.add(event);
        }
    }

    static final class Accounting {
        final Queue<OrderPlaced> booked = new ConcurrentLinkedQueue<>();

        @KafkaListener(topics = "${topic}", groupId = "accounting", batch = "true")
        @Inbox("accounting")
        void on(List<OrderPlaced> events) {
            booked.addAll(events);
        }
    }

    @Bean
    Accounting accounting() {
        return new Accounting();
    }

    @Bean
    Notifications notifications() {
        return new Notifications();
    }

    @Bean
    FlywayMigrationStrategy applicationThenOutbox() {
        return application -> {
            application.migrate();
            DataSource dataSource = application.getConfiguration().getDataSource();
            Schema outbox = Schema.outbox(OutboxTables.of(dataSource));
            Flyway.configure()
                    .dataSource(dataSource)
                    .locations(outbox.folder())
                    .table("outbox_flyway_history")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        };
    }

    @Bean
    SecurityFilterChain everything(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .httpBasic(withDefaults())
                .csrf(csrf -> csrf.disable())
                .build();
    }

    @Bean
    InMemoryUserDetailsManager users() {
        return new InMemoryUserDetailsManager(
                user("victor", "OUTBOX_VIEW"),
                user("olga", "OUTBOX_VIEW", "OUTBOX_OPERATE"),
                user("doris", "OUTBOX_DECRYPT"));
    }

    private static UserDetails user(String name, String... authorities) {
        return User.withUsername(name)
                .password("{noop}" + name)
                .authorities(authorities)
                .build();
    }
}
