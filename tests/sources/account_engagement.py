"""Invented exports of Account Engagement: prospects in two files, times in the account's zone."""

PROSPECTS = (
    "id,email,firstName,lastName,company,crmLeadFid,crmContactFid,score,grade,source,"
    "isDoNotEmail,isInRecycleBin,createdAt,updatedAt,lastActivityAt\n"
)
FILES = {
    "account_engagement/prospects_2026-09-30_1.csv": PROSPECTS
    + "11,Nao@Example.com,Nao,Mihon,Sample KK,00Q5g00000AbCdE,,120,B+,Webinar,"
    "false,false,2026-01-05 09:30:00,2026-03-01 12:00:00,\n"
    + "12,gone@example.com,Old,Prospect,,,,0,,,false,true,2026-01-06 09:30:00,,\n",
    "account_engagement/prospects_2026-09-30_2.csv": PROSPECTS
    + "13,yui@example.org,Yui,Rei,,,0035g00000XyZab,many,,Organic Search,"
    "true,false,2026-02-01T00:10:00-08:00,,2026-03-02 08:00:00\n",
    "account_engagement/visitor_activities_2026-09.csv": "id,type,typeName,details,campaignId,"
    "prospectId,visitorId,emailId,listEmailId,createdAt\n"
    "901,6,Sent,March letter,5,11,,70,71,2026-03-01 09:00:00\n"
    "902,11,Open,March letter,5,11,,70,71,2026-03-01 09:05:00\n"
    "903,1,Click,Price list,5,11,31,,,2026-03-01 09:06:00\n"
    "904,1,Click,March letter,5,11,31,70,71,2026-03-01 09:07:00\n"
    "905,2,View,/pricing,5,,32,,,2026-03-02 09:00:00\n"
    "906,8,Opportunity,Rollout,5,13,,,,2026-03-03 09:00:00\n"
    "907,9,Opportunity,Rollout,5,13,,,,2026-04-03 09:00:00\n"
    "908,99,Something new,,5,13,,,,2026-04-04 09:00:00\n",
    "account_engagement/lifecycle_histories.csv": "id,prospectId,previousStageId,nextStageId,"
    "secondsElapsed,createdAt\n"
    "1,11,,1,0,2026-01-05 09:30:00\n"
    "2,11,1,2,3600,2026-01-05 10:30:00\n"
    "3,11,2,SQL,86400,2026-01-06 10:30:00\n"
    "4,13,2,9,10,never\n",
    "account_engagement/lifecycle_stages.csv": "id,name,position\n1,Prospect,2\n2,MQL,3\n9,Won,5\n",
}
