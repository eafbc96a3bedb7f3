package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.sample.inventory.domain.Stock;
import dev.outbox.sample.product.domain.Product;
import jakarta.persistence.EntityManager;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** A caller whose business change is made by JPA. */
class JpaPublishingIntegrationTest extends RunningShop {
    private final String sku = newKey();

    @Autowired
    private OutboxPublisher outbox;

    @Autowired
    private EntityManager entities;

    @Autowired
    private PlatformTransactionManager transactions;

    private TransactionTemplate transaction;
    private TransactionTemplate ofItsOwn;
    private String topic;

    @BeforeEach
    void useTheApplicationsTransactions() {
        assertThat(transactions).isInstanceOf(JpaTransactionManager.class);
        topic = kafka.uniqueTopic("products", 1);
        transaction = new TransactionTemplate(transactions);
        ofItsOwn = new TransactionTemplate(transactions);
        ofItsOwn.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Test
    void an_entity_and_its_event_commit_together() {
        transaction.executeWithoutResult(status -> createAndPublish(sku));
        assertThat(products(sku)).isEqualTo(1);
        assertThat(publishedFor(sku)).isEqualTo(1);
    }

    @Test
    void a_rollback_takes_the_entity_and_its_event_back() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    createAndPublish(sku);
                    entities.flush();
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(products(sku)).isZero();
        assertThat(publishedFor(sku)).isZero();
    }

    @Test
    void an_entity_that_the_database_refuses_at_the_flush_of_the_commit_takes_the_event_back() {
        Stock stock = newStock(sku);
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
            Stock changed = entities.merge(stock);
            changed.deduct(1);
            publish(sku);
            jdbc.sql("UPDATE stocks SET version = version + 1 WHERE product_id = ?")
                    .param(stock.productId())
                    .update();
        }));
        assertThat(publishedFor(sku)).isZero();
    }

    @Test
    void a_transaction_of_its_own_keeps_entity_and_event_when_the_outer_one_rolls_back() {
        transaction.executeWithoutResult(status -> {
            createAndPublish("outer " + sku);
            ofItsOwn.executeWithoutResult(inner -> createAndPublish(sku));
            status.setRollbackOnly();
        });
        assertThat(products(sku)).isEqualTo(1);
        assertThat(publishedFor(sku)).isEqualTo(1);
        assertThat(products("outer " + sku)).isZero();
        assertThat(publishedFor("outer " + sku)).isZero();
    }

    /** Hibernate has savepoints, but JpaTransactionManager gives them to nobody unless it is told to. */
    @Test
    void a_savepoint_that_spring_refuses_to_make_stores_nothing() {
        TransactionTemplate nested = new TransactionTemplate(transactions);
        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    createAndPublish("outer " + sku);
                    nested.executeWithoutResult(inner -> createAndPublish(sku));
                }))
                .isInstanceOf(NestedTransactionNotSupportedException.class);
        assertThat(publishedFor("outer " + sku)).isZero();
        assertThat(publishedFor(sku)).isZero();
    }

    /** So what is to wait for another writer of the row has to be flushed before: see what is not promised. */
    @Test
    void publishing_does_not_flush_what_was_changed_before() {
        Stock stock = newStock(sku);
        transaction.executeWithoutResult(status -> {
            entities.merge(stock).deduct(1);
            publish(sku);
            assertThat(quantity(stock)).as("after the event").isEqualTo(5);
            entities.flush();
            assertThat(quantity(stock)).isEqualTo(4);
        });
        assertThat(publishedFor(sku)).isEqualTo(1);
    }

    private void createAndPublish(String number) {
        entities.persist(new Product(number, "Tea", BigDecimal.ONE, Instant.now()));
        publish(number);
    }

    /** To a topic that no consumer of the application reads, of each test its own; an aggregate type has one topic, so that is its name as well. */
    private void publish(String number) {
        outbox.publish(OutboxMessage.of(topic, number, "E", ""));
    }

    private Stock newStock(String number) {
        Stock stock = transaction.execute(status -> {
            Product product = new Product(number, "Tea", BigDecimal.ONE, Instant.now());
            entities.persist(product);
            Stock created = new Stock(product.id(), 5);
            entities.persist(created);
            return created;
        });
        return Objects.requireNonNull(stock);
    }

    private int quantity(Stock stock) {
        return jdbc.sql("SELECT quantity FROM stocks WHERE product_id = ?")
                .param(stock.productId())
                .query(Integer.class)
                .single();
    }

    private int products(String number) {
        return jdbc.sql("SELECT count(*) FROM products WHERE sku = ?")
                .param(number)
                .query(Integer.class)
                .single();
    }

    private int publishedFor(String number) {
        return jdbc.sql("SELECT count(*) FROM outbox_events WHERE aggregate_type = ? AND aggregate_id = ?")
                .param(topic)
                .param(number)
                .query(Integer.class)
                .single();
    }
}
