package io.busbar.juniper.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** How far the training of one candidate is; told for every 50th epoch and the last one. */
public record CandidateProgress(
    int candidateId, String candidateUuid, int epoch, int totalEpochs, double correlation)
    implements TrainingMessage {
  public static final String TYPE = "candidate_progress";

  static CandidateProgress of(Fields f) {
    return new CandidateProgress(
        f.whole("candidate_id", 0),
        f.text("candidate_uuid", ""),
        f.whole("epoch", 0),
        f.whole("total_epochs", 0),
        f.number("correlation", 0));
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("candidate_id", candidateId);
    data.put("candidate_uuid", candidateUuid);
    data.put("epoch", epoch);
    data.put("total_epochs", totalEpochs);
    data.put("correlation", correlation);
    return data;
  }
}
