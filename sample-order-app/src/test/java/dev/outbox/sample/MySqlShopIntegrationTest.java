package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.ShopClient.Answer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.ActiveProfiles;

/** What the shop does on PostgreSQL it does on MySQL as well. */
@ActiveProfiles("mysql")
class MySqlShopIntegrationTest {
    @Nested
    class Orders extends OrderIntegrationTest {}

    @Nested
    class OrderEnds extends OrderEndIntegrationTest {}

    @Nested
    class Archive extends ArchiveIntegrationTest {}

    @Nested
    class ConcurrentOrders extends ConcurrentOrdersIntegrationTest {}

    @Nested
    class Api extends ApiIntegrationTest {}

    @Nested
    class Products extends ProductIntegrationTest {}

    @Nested
    class Likes extends LikeIntegrationTest {}

    @Nested
    class Metrics extends MetricsIntegrationTest {}

    @Nested
    class DataPlatform extends DataPlatformIntegrationTest {}

    @Nested
    class DataPlatformOutages extends DataPlatformOutageIntegrationTest {}

    @Nested
    class Permissions extends PermissionsIntegrationTest {}

    @Nested
    class Users extends UserIntegrationTest {}

    @Nested
    class Tokens extends TokenIntegrationTest {}

    @Nested
    class RequestIds extends RequestIdIntegrationTest {}

    @Nested
    class JpaPublishing extends JpaPublishingIntegrationTest {}

    @Nested
    class Times extends RunningShop {
        @Test
        void times_are_kept_in_utc_to_the_microsecond() {
            Answer order = shop.order(newKey(), shop.product(10), 1);
            LocalDateTime kept = LocalDateTime.parse(jdbc.sql(
                            "SELECT date_format(created_at, '%Y-%m-%dT%H:%i:%s.%f') FROM orders WHERE id = uuid_to_bin(?)")
                    .param(order.text("id"))
                    .query(String.class)
                    .single());
            assertThat(kept.toInstant(ZoneOffset.UTC)).isEqualTo(Instant.parse(order.text("createdAt")));
        }
    }
}
