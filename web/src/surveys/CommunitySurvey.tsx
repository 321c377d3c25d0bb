// How the residents of a community were asked: the newest round, the earlier
// ones, and the way to ask again.
import { useState } from 'react';
import { useCommunity, useSession } from '../api/queries';
import { useSurvey, useSurveyRounds } from '../api/surveys';
import { useWords } from '../language';
import { may } from '../people/capability';
import { useWorkbench } from '../state/workbench';
import { Button } from '../ui/Button';
import { Empty, Failure, Waiting } from '../ui/State';
import { DetailsDialog } from './DetailsDialog';
import { SurveyView } from './SurveyView';
import { words } from './words';

export default function CommunitySurvey({ code }: { code: string }) {
  const t = useWords(words);
  const district = useWorkbench((s) => s.district);
  const session = useSession();
  const community = useCommunity(district, code);
  const rounds = useSurveyRounds(district, code);
  const [chosen, setChosen] = useState<string | null>(null);
  const [starting, setStarting] = useState(false);
  const newest = rounds.data?.items[0]?.id ?? null;
  const id = rounds.data?.items.some((r) => r.id === chosen) ? chosen : newest;
  const survey = useSurvey(district, id);
  const at = community.data?.subdistrict_code;
  const refused = may(session.data, 'edit.program', at)
    ? null
    : t(may(session.data, 'edit.program') ? 'noRightHere' : 'noRight');
  if (rounds.isPending) return <Waiting rows={7} />;
  if (rounds.isError) return <Failure error={rounds.error} retry={() => void rounds.refetch()} />;
  return (
    <>
      {!id ? (
        <Empty
          icon="question"
          title={t('notAsked')}
          action={
            <Button
              tone="primary"
              refused={refused}
              onClick={() => setStarting(true)}
              data-testid="survey-begin"
            >
              {t('begin')}
            </Button>
          }
        >
          {t('privacy')}
        </Empty>
      ) : survey.isError ? (
        <Failure error={survey.error} retry={() => void survey.refetch()} />
      ) : !survey.data ? (
        <Waiting rows={7} />
      ) : (
        <SurveyView
          key={survey.data.id}
          survey={survey.data}
          rounds={rounds.data.items}
          refused={refused}
          onRound={setChosen}
          onAgain={() => setStarting(true)}
        />
      )}
      {starting && (
        <DetailsDialog
          community={code}
          before={rounds.data.items[0]}
          onClose={() => setStarting(false)}
          onDone={(made) => {
            setStarting(false);
            setChosen(made.id);
          }}
        />
      )}
    </>
  );
}
