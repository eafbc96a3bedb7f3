package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.AuditEntry;
import dev.outbox.DryRun;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxPermission;
import dev.outbox.OutboxReplays;
import dev.outbox.Replay;
import dev.outbox.ReplayMode;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
import dev.outbox.operate.StoredReplays;
import dev.outbox.spi.AccessControl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What operators may ask of replays, and what becomes of it, on a real database. */
abstract class ReplayOperatorsContract extends ReplayBench {
    @Test
    void nothing_starts_without_the_token_of_a_dry_run_of_these_tables_that_is_not_old() {
        published(1, "Placed");
        DryRun shown = outbox.replays.dryRun(ReplayPlan.ofTypes(Set.of("Placed")));
        String[] parts = shown.token().split("\\.");
        String other = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(new String(Base64.getUrlDecoder().decode(parts[0]))
                        .replace("Placed", "Paid")
                        .getBytes());
        for (String token : List.of("", ".", "nonsense", other + "." + parts[1], parts[0] + ".", parts[0]))
            assertThatIllegalArgumentException()
                    .as(token)
                    .isThrownBy(() -> outbox.replays.start(ReplayRequest.normal(token), REASON))
                    .withMessage(
                            "This is no token of a dry run on these tables: it was changed, or comes from another database. Make a dry run, and start with the token that it returns.");
        String foreign = new Outbox(emptySchema()).replays.dryRun(EVERYTHING).token();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> outbox.replays.start(ReplayRequest.normal(foreign), REASON))
                .withMessageStartingWith("This is no token");
        OutboxReplays tomorrow =
                replays(AccessControl.allowAll("test"), Clock.offset(Clock.systemUTC(), Duration.ofDays(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tomorrow.start(ReplayRequest.normal(shown.token()), REASON))
                .withMessage(
                        "This dry run is of %s, and can be used for 60 minutes only. Make it again, and start with the token that it returns.",
                        shown.shownAt());
        assertThat(outbox.replays.latest(10)).isEmpty();
    }

    @Test
    void a_token_starts_one_replay_however_often_it_is_used() throws Exception {
        published(1, "Placed");
        ReplayRequest request =
                ReplayRequest.readOnly(outbox.replays.dryRun(EVERYTHING).token());
        List<Replay> started = together(() -> outbox.replays.start(request, REASON));
        assertThat(started.get(0)).isEqualTo(started.get(1));
        assertThat(outbox.replays.latest(10)).hasSize(1);
        assertThat(outbox.operations.audit(Long.MAX_VALUE, 10)).hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> outbox.replays.start(request.atMost(1), REASON))
                .withMessage(
                        "This dry run has started replay %s already, in mode READ_ONLY. Make another one for another replay.",
                        started.get(0).id());
    }

    @Test
    void a_request_says_what_is_wrong_with_it() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayRequest.reprocess("token", Set.of()))
                .withMessage(
                        "A replay to be handled again has to name the consumers that are to do so: nobody else does anything.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReplayRequest("token", ReplayMode.READ_ONLY, Set.of("stock"), 1))
                .withMessage(
                        "Only a replay in mode REPROCESS names consumers; in mode READ_ONLY all do the same. Name none, or change the mode.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayRequest.reprocess("token", Set.of("a,b")))
                .withMessage("'a,b' is no name of a consumer.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayRequest.normal("token").atMost(0))
                .withMessage("A replay sends 1 to 1000000 events in a second, not 0.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> outbox.replays.latest(501))
                .withMessage("A list has 1 to 500 replays, not 501.");
    }

    @Test
    void what_a_request_says_is_compared_and_kept_and_never_run_or_expanded() {
        published(7, "Placed");
        List<UUID> started = new ArrayList<>();
        for (String attempt : OperationsContract.INJECTIONS) {
            for (ReplayPlan plan :
                    List.of(ReplayPlan.ofAggregates(Set.of(attempt)), ReplayPlan.ofTypes(Set.of(attempt)))) {
                DryRun shown = outbox.replays.dryRun(plan);
                assertThat(shown.events()).as(attempt).isZero();
                Replay replay = outbox.replays.start(ReplayRequest.reprocess(shown.token(), Set.of(attempt)), attempt);
                assertThat(replay.plan()).isEqualTo(plan);
                assertThat(replay.consumers()).containsExactly(attempt);
                started.add(replay.id());
            }
        }
        replay(this::acknowledged);
        assertThat(started)
                .allSatisfy(id ->
                        assertThat(awaitStatus(id, ReplayStatus.DONE).sent()).isZero());
        assertThat(log).isEmpty();
        assertThat(awaitStatus(start(EVERYTHING).id(), ReplayStatus.DONE).sent())
                .isEqualTo(7);
        assertThat(outbox.operations.audit(Long.MAX_VALUE, 100))
                .extracting(AuditEntry::reason)
                .containsAll(OperationsContract.INJECTIONS);
    }

    @Test
    void what_operators_do_is_on_record_and_of_two_at_once_one_wins() throws Exception {
        published(1, "Placed");
        UUID id = start(ReplayPlan.ofTypes(Set.of("Placed"))).id();
        assertThat(together(() -> outbox.replays.pause(id, REASON))).containsExactlyInAnyOrder(true, false);
        assertThat(together(() -> outbox.replays.resume(id, REASON))).containsExactlyInAnyOrder(true, false);
        assertThat(together(() -> outbox.replays.cancel(id, REASON))).containsExactlyInAnyOrder(true, false);
        List<AuditEntry> trail = outbox.operations.audit(Long.MAX_VALUE, 10);
        assertThat(trail)
                .extracting(AuditEntry::action)
                .containsExactly("REPLAY_CANCEL", "REPLAY_RESUME", "REPLAY_PAUSE", "REPLAY_START");
        assertThat(trail).allSatisfy(entry -> {
            assertThat(entry.operator()).isEqualTo("test");
            assertThat(entry.reason()).isEqualTo(REASON);
            assertThat(entry.subject()).startsWith("replay " + id);
        });
        assertThat(trail.get(3).subject())
                .isEqualTo(
                        "replay %s, NORMAL, 1 events up to sequence %d: {\"eventTypes\":[\"Placed\"]}",
                        id, outbox.replays.find(id).orElseThrow().upTo());
    }

    @Test
    void nothing_is_done_that_cannot_be_written_down() {
        published(1, "Placed");
        UUID id = start(EVERYTHING).id();
        String token = outbox.replays.dryRun(EVERYTHING).token();
        outbox.jdbc.sql("DROP TABLE outbox_audit").update();
        assertThatThrownBy(() -> outbox.replays.start(ReplayRequest.normal(token), REASON))
                .hasMessageContaining("The table of the audit trail");
        assertThatThrownBy(() -> outbox.replays.cancel(id, REASON))
                .hasMessageContaining("The table of the audit trail");
        assertThat(outbox.replays.latest(10))
                .singleElement()
                .extracting(Replay::status)
                .isEqualTo(ReplayStatus.RUNNING);
    }

    @Test
    void nobody_is_answered_or_obeyed_without_permission() {
        published(1, "Placed");
        String token = outbox.replays.dryRun(EVERYTHING).token();
        UUID id = start(EVERYTHING).id();
        Map<Class<?>, Object> arguments = Map.of(
                UUID.class, id,
                String.class, REASON,
                ReplayPlan.class, EVERYTHING,
                ReplayRequest.class, ReplayRequest.normal(token),
                int.class, 10);
        OutboxReplays forNobody = replays(AccessControl.denyAll(), Clock.systemUTC());
        OutboxReplays forViewers = replays(
                permission -> {
                    if (permission == OutboxPermission.OUTBOX_VIEW) return "viewer";
                    throw new OutboxAccessDeniedException("a viewer may not do this");
                },
                Clock.systemUTC());
        Set<String> viewed = new TreeSet<>();
        for (Method operation : OutboxReplays.class.getMethods()) {
            Object[] with = Arrays.stream(operation.getParameterTypes())
                    .map(arguments::get)
                    .toArray();
            assertThatThrownBy(() -> operation.invoke(forNobody, with))
                    .as(operation.getName())
                    .cause()
                    .isInstanceOf(OutboxAccessDeniedException.class);
            try {
                operation.invoke(forViewers, with);
                viewed.add(operation.getName());
            } catch (InvocationTargetException e) {
                assertThat(e.getCause()).isInstanceOf(OutboxAccessDeniedException.class);
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(viewed).containsExactly("dryRun", "find", "latest", "unfinished");
        assertThat(outbox.replays.latest(10)).hasSize(1);
    }

    private OutboxReplays replays(AccessControl access, Clock clock) {
        return new StoredReplays(outbox.tables, outbox.replayStore, access, clock);
    }

    private static <T> List<T> together(Callable<T> action) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService operators = Executors.newFixedThreadPool(2);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : operators.invokeAll(List.of(after(start, action), after(start, action))))
                results.add(result.get());
            return results;
        } finally {
            operators.shutdown();
        }
    }

    private static <T> Callable<T> after(CyclicBarrier start, Callable<T> action) {
        return () -> {
            start.await();
            return action.call();
        };
    }
}
