package dev.outbox.boot;

import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class OutboxMigrations {
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
                    .baselineVersion(String.valueOf(outbox.version()))
                    .load()
                    .migrate();
        };
    }
}
