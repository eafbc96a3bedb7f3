package dev.outbox.sample.inventory.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.sample.inventory.domain.OutOfStockException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

class RetriedOnConflictTest {
    @EnableResilientMethods
    static class Shelf {
        private final AtomicInteger tries = new AtomicInteger();

        @RetriedOnConflict
        public int take(int conflicts) {
            if (tries.incrementAndGet() <= conflicts) throw new OptimisticLockingFailureException("another was faster");
            return tries.get();
        }

        @RetriedOnConflict
        public void takeFromNothing() {
            tries.incrementAndGet();
            throw new OutOfStockException(1, 1, 0);
        }

        public int tries() {
            return tries.get();
        }
    }

    @Test
    void those_who_have_met_wait_for_different_times() {
        Retryable rule = RetriedOnConflict.class.getAnnotation(Retryable.class);
        assertThat(rule.maxRetries()).isBetween(3L, 5L);
        assertThat(rule.jitter()).isPositive();
    }

    @Test
    void five_conflicts_are_overcome() {
        try (var context = new AnnotationConfigApplicationContext(Shelf.class)) {
            assertThat(context.getBean(Shelf.class).take(5)).isEqualTo(6);
        }
    }

    @Test
    void the_sixth_conflict_gets_to_the_caller() {
        try (var context = new AnnotationConfigApplicationContext(Shelf.class)) {
            Shelf shelf = context.getBean(Shelf.class);
            assertThatThrownBy(() -> shelf.take(6)).isInstanceOf(OptimisticLockingFailureException.class);
            assertThat(shelf.tries()).isEqualTo(6);
        }
    }

    @Test
    void what_trying_again_does_not_help_against_is_tried_once() {
        try (var context = new AnnotationConfigApplicationContext(Shelf.class)) {
            Shelf shelf = context.getBean(Shelf.class);
            assertThatThrownBy(shelf::takeFromNothing).isInstanceOf(OutOfStockException.class);
            assertThat(shelf.tries()).isOne();
        }
    }
}
