package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class SharedServerTest {

    private final AtomicInteger starts = new AtomicInteger();

    @Test
    void startsOnce() {
        SharedServer<Integer> shared = new SharedServer<>(starts::incrementAndGet);

        assertThat(shared.get()).isEqualTo(1);
        assertThat(shared.get()).isEqualTo(1);
    }

    @Test
    void abortsEachTestWithTheReasonWhenTheServerDoesNotStart() {
        SharedServer<Integer> shared = new SharedServer<>(() -> {
            starts.incrementAndGet();
            throw new ServerStartException("no space");
        });

        for (int test = 0; test < 2; test++) {
            assertThatThrownBy(shared::get)
                    .isInstanceOf(TestAbortedException.class)
                    .hasMessage("no space");
        }
        assertThat(starts).hasValue(1);
    }
}
