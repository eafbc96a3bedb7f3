package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class NotRunTest {

    @Test
    void printsTestsThatAreDisabledOrAborted() {
        assertThat(notRun(SomeLeftOut.class))
                .containsExactlyInAnyOrder(
                        "NOT RUN: " + SomeLeftOut.class.getName() + "#disabled: needs a rewrite",
                        "NOT RUN: " + SomeLeftOut.class.getName()
                                + "#aborted: Assumption failed: no disk of two lines");
    }

    @Test
    void printsEachTestOfAClassThatIsLeftOut() {
        assertThat(notRun(AllAborted.class))
                .containsExactlyInAnyOrder(
                        "NOT RUN: " + AllAborted.class.getName() + "#one: no server",
                        "NOT RUN: " + AllAborted.class.getName() + "#two: no server");
        assertThat(notRun(AllDisabled.class))
                .containsExactly("NOT RUN: " + AllDisabled.class.getName() + "#one: later");
    }

    @Test
    void isFoundByJUnit() {
        assertThat(ServiceLoader.load(TestExecutionListener.class)).hasAtLeastOneElementOfType(NotRun.class);
    }

    /** Without the listener that JUnit finds by itself: it would print these examples as tests of this build. */
    private static List<String> notRun(Class<?> tests) {
        List<String> lines = new ArrayList<>();
        LauncherConfig config = LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .addTestExecutionListeners(new NotRun(lines::add))
                .build();
        LauncherFactory.create(config)
                .execute(LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(tests))
                        .build());
        return lines;
    }

    static class SomeLeftOut {
        @Test
        void runs() {}

        @Test
        @Disabled("needs a rewrite")
        void disabled() {}

        @Test
        void aborted() {
            assumeTrue(false, "no disk\nof two lines");
        }
    }

    static class AllAborted {
        @BeforeAll
        static void abort() {
            Assumptions.abort("no server");
        }

        @Test
        void one() {}

        @Test
        void two() {}
    }

    @Disabled("later")
    static class AllDisabled {
        @Test
        void one() {}
    }
}
