package dev.outbox.console;

import dev.outbox.DryRun;
import dev.outbox.OutboxReplays;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What operators see of replays, and of what one would send. Not final: an application may have an aspect around all controllers. */
@RestController
class ReplayReadingController implements ConsoleController {
    private final OutboxReplays replays;

    ReplayReadingController(OutboxReplays replays) {
        this.replays = replays;
    }

    /** Reads only; it is a POST because a plan may name more events than a query has room for. */
    @PostMapping("/replays/dry-run")
    DryRun dryRun(@RequestBody ReplayPlanRequest plan) {
        return replays.dryRun(plan.plan());
    }

    @GetMapping("/replays")
    List<ReplayAnswer> replays(@RequestParam(defaultValue = RequestText.SIZE) int size) {
        return replays.latest(RequestText.size(size)).stream()
                .map(ReplayAnswer::of)
                .toList();
    }

    @GetMapping("/replays/{replayId}")
    ReplayAnswer replay(@PathVariable("replayId") UUID replayId) {
        return replays.find(replayId).map(ReplayAnswer::of).orElseThrow(() -> new UnknownReplayException(replayId));
    }
}
