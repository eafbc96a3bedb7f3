package dev.outbox.operate;

import static dev.outbox.OutboxPermission.OUTBOX_VIEW;

import dev.outbox.DryRun;
import dev.outbox.InvalidReplayTokenException;
import dev.outbox.OutboxReplays;
import dev.outbox.Replay;
import dev.outbox.ReplayMode;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.AuditStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ReplayPlanJson;
import dev.outbox.store.ReplaySearch;
import dev.outbox.store.ReplayStore;
import dev.outbox.store.ReplayStore.NewReplay;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The operations on replays. Safe for use by many threads. */
public final class StoredReplays implements OutboxReplays {
    private final ReplaySearch search;
    private final ReplayStore replays;
    private final AuditStore audit;
    private final AccessControl access;
    private final Clock clock;

    public StoredReplays(OutboxTables tables, ReplayStore replays, AccessControl access, Clock clock) {
        this.search = new ReplaySearch(tables);
        this.replays = replays;
        this.audit = new AuditStore(tables);
        this.access = access;
        this.clock = clock;
    }

    @Override
    public DryRun dryRun(ReplayPlan plan) {
        access.require(OUTBOX_VIEW);
        DryRun shown = search.dryRun(plan);
        return shown.withToken(PlanToken.of(plan, shown).signed(replays.secret()));
    }

    @Override
    public Replay start(ReplayRequest request, String reason) {
        Operator operator = operator(reason);
        PlanToken token = PlanToken.read(request.token(), replays.secret(), clock.instant());
        NewReplay replay = new NewReplay(
                PlanToken.replayId(request.token()),
                token.plan(),
                token.upTo(),
                token.shownAt(),
                token.events(),
                token.exact(),
                request.mode(),
                request.consumers(),
                request.eventsPerSecond(),
                operator.name());
        Replay started = replays.start(replay, () -> operator.did("REPLAY_START", subject(replay), null));
        if (started.mode() != request.mode()
                || !started.consumers().equals(request.consumers())
                || started.eventsPerSecond() != request.eventsPerSecond())
            throw new InvalidReplayTokenException(
                    "This dry run has started replay %s already, in mode %s. Make another one for another replay."
                            .formatted(started.id(), started.mode()));
        return started;
    }

    private static String subject(NewReplay replay) {
        String who = replay.mode() == ReplayMode.REPROCESS ? " for " + String.join(", ", replay.consumers()) : "";
        return "replay %s, %s%s, %s%d events up to sequence %d: %s"
                .formatted(
                        replay.id(),
                        replay.mode(),
                        who,
                        replay.exact() ? "" : "about ",
                        replay.expected(),
                        replay.upTo(),
                        ReplayPlanJson.write(replay.plan()));
    }

    @Override
    public Optional<Replay> find(UUID replayId) {
        access.require(OUTBOX_VIEW);
        return replays.find(replayId);
    }

    @Override
    public List<Replay> latest(int size) {
        access.require(OUTBOX_VIEW);
        if (size < 1 || size > MAX_LISTED)
            throw new IllegalArgumentException("A list has 1 to %d replays, not %d.".formatted(MAX_LISTED, size));
        return replays.latest(size);
    }

    @Override
    public List<Replay> unfinished() {
        access.require(OUTBOX_VIEW);
        return replays.unfinished();
    }

    @Override
    public boolean pause(UUID replayId, String reason) {
        Operator operator = operator(reason);
        return replays.pause(replayId, () -> operator.did("REPLAY_PAUSE", "replay " + replayId, null));
    }

    @Override
    public boolean resume(UUID replayId, String reason) {
        Operator operator = operator(reason);
        return replays.resume(replayId, () -> operator.did("REPLAY_RESUME", "replay " + replayId, null));
    }

    @Override
    public boolean cancel(UUID replayId, String reason) {
        Operator operator = operator(reason);
        return replays.cancel(replayId, () -> operator.did("REPLAY_CANCEL", "replay " + replayId, null));
    }

    private Operator operator(String reason) {
        return Operator.calling(access, audit, reason);
    }
}
