package dev.outbox.console;

import dev.outbox.InvalidReplayTokenException;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxReplays;
import dev.outbox.Replay;
import dev.outbox.ReplayRequest;
import dev.outbox.console.ChangingController.Changed;
import dev.outbox.console.ChangingController.ReasonRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What operators do with replays; takes JSON only, as {@link ChangingController} does. Not final: an application may have an aspect around all controllers. */
@RestController
class ReplayChangingController implements ConsoleController {
    private final OutboxReplays replays;

    ReplayChangingController(OutboxReplays replays) {
        this.replays = replays;
    }

    /** Its place is told as a path, which is right whatever host the client has asked. */
    @PostMapping("/replays")
    @ResponseStatus(HttpStatus.CREATED)
    ReplayAnswer start(
            @RequestBody ReplayStartRequest start, HttpServletRequest request, HttpServletResponse response) {
        Replay replay = started(start.request(), RequestText.reason(start.reason()));
        response.setHeader(HttpHeaders.LOCATION, request.getRequestURI() + "/" + replay.id());
        return ReplayAnswer.of(replay);
    }

    private Replay started(ReplayRequest request, String reason) {
        try {
            return replays.start(request, reason);
        } catch (InvalidReplayTokenException e) {
            throw new InvalidRequestException("token", String.valueOf(e.getMessage()));
        }
    }

    @PostMapping("/replays/{replayId}/pause")
    Changed pause(@PathVariable("replayId") UUID replayId, @RequestBody ReasonRequest why) {
        return changed(replayId, replays.pause(replayId, RequestText.reason(why.reason())), "running");
    }

    @PostMapping("/replays/{replayId}/resume")
    Changed resume(@PathVariable("replayId") UUID replayId, @RequestBody ReasonRequest why) {
        return changed(replayId, replays.resume(replayId, RequestText.reason(why.reason())), "paused");
    }

    @PostMapping("/replays/{replayId}/cancel")
    Changed cancel(@PathVariable("replayId") UUID replayId, @RequestBody ReasonRequest why) {
        return changed(replayId, replays.cancel(replayId, RequestText.reason(why.reason())), "running or paused");
    }

    private Changed changed(UUID replayId, boolean changed, String needed) {
        if (changed) return new Changed(true);
        if (isMissing(replayId)) throw new UnknownReplayException(replayId);
        throw new ReplayStateException(replayId, needed);
    }

    /** Who may operate and not see is not told whether there is one: the sentence about its state is true in either case. */
    private boolean isMissing(UUID replayId) {
        try {
            return replays.find(replayId).isEmpty();
        } catch (OutboxAccessDeniedException e) {
            return false;
        }
    }
}
