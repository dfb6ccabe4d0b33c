package io.busbar.contract;

import io.busbar.contract.EntryNode.Front;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The call contract with an Fn runner as the worker, one node and two. */
class RunnerContractIT {
  @Nested
  class Http1ToARunnerOnOneNode extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new RunnersStage(Front.HTTP_1, false);
    }
  }

  @Nested
  class FnToARunnerOnTwoNodes extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new RunnersStage(Front.FN, true);
    }
  }

  @Nested
  @Tag("long")
  class Http2ToARunnerOnTwoNodes extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new RunnersStage(Front.HTTP_2, true);
    }
  }

  @Nested
  @Tag("long")
  class FnToARunnerOnOneNode extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new RunnersStage(Front.FN, false);
    }
  }
}
